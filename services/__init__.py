"""What officers do: one function per verb, one transaction, one event."""
