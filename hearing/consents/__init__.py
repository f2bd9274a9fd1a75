"""Consents 意愿征询: who is asked, what each household confirmed in writing, and whether the law's line is reached."""
