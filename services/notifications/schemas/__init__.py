"""What notifications takes and answers over HTTP: no name, no address, no text of a person's."""
