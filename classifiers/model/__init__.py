"""The fast model: hashed words and pieces of words, linear, a look-up a word. How well it judges: docs/judgement.md."""
