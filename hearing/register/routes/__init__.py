"""The register's pages."""

from hearing.register.routes import rolls, units
from hearing.register.routes.blueprint import bp

__all__ = ["bp", "rolls", "units"]
