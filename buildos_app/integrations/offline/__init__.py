"""The offline engine: answers the house's prompts with rules only, without a network and without inventing."""
