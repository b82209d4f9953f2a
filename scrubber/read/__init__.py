"""From bytes to claims: tokenizer, implementation guides, claim builders."""
