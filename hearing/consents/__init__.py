"""Consents (意愿征询): who must agree, who did, and how it was counted."""
