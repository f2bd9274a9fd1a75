"""The register 户册: how the office keeps it: rolls imported by two people, changes of hands, deaths, export."""
