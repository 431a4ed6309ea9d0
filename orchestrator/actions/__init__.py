"""What a person may do, one function each."""
