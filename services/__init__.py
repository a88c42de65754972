"""What should happen: the rules of the product. No web, no Bot Framework, no SQL."""
