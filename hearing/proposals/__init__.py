"""Proposals (提案): a wish, its plan versions, and the path to approval."""
