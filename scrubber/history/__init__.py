"""Prior claims of the patients: what of a claim is kept, and the file that they are kept in."""
