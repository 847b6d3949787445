"""What the tests share: databases made from templates, people who log in, phones that push."""
