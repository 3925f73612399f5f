"""What the law says: plain typed rules, values in, values or a DomainError out."""
