"""How fast is it, against what else a user would pick, measured side by side in one run?"""
