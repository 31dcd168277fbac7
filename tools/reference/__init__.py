"""Reference pages from what the language is made of: schemas/, contrib/ and the units.

The pages are committed, so that they can be read without a checkout; a test keeps them true.
"""
