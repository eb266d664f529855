"""How fast is it: against what people would use instead, and against the floor of the framework."""
