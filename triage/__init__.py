"""Keep the evidence of every order and say each morning what to do next."""

__version__ = "0.1.0"
