"""Ballots 投票: residents divide a pot by a published rule, and anybody can count again."""
