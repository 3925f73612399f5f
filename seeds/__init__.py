"""Reference data with its sources, reviewed by non-programmers; demonstration data stand apart."""
