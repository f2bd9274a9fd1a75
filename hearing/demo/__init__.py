"""Demo 演示: a neighbourhood with the 一米阳光 case half way, and one sign-in link for each of its people."""
