"""Meetings (会议): neighbours in one room, with notice, sign-in and minutes."""
