"""A third opinion for what our own models are not sure of: any server that speaks OpenAI's chat completions."""
