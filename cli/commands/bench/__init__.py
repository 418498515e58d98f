"""The commands of `zkpipe bench`: what is measured, and the page on it."""
