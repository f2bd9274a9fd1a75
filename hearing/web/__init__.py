"""Manners shared by all pages: answers, forms, guards, errors, headers, limits."""
