"""A worker that computes in C for minutes, with Python's lock held, when it is asked."""

from zkpipe.jobs.workers.child import serve

if __name__ == "__main__":
    serve(lambda request: {"found": pow(3, 10**9)})
