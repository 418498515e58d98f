"""The commands `zkpipe catalogue`: what owners publish, and which circuits may ask of it."""
