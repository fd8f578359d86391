"""What a committee asks: which rules spoke, what clinicians answered, what could not be checked."""
