"""The engine: `Value`, recording, `backward()`, and the functions and checks that need nothing else."""
