"""Case file 案卷: everything about a case in one PDF and one zip, which whoever holds it can check without us."""
