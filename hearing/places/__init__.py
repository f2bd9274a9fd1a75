"""Places (地方): subdistrict, neighbourhood, building, unit, and who holds it."""
