"""A prover behind HTTP: a bounded queue, child processes that prove, results for a day.

settings    what may be set: limits, places, addresses
circuits    the circuits and keys of a folder, by name
known       what was found of them, or why they cannot be loaded
job         a request, a result, and the number by which both are known
kept        where requests and results lie: a folder that survives kill -9, or memory
scheduler   the queue: what is accepted, taken, tried again, cancelled
work        what the queue gives to workers
failures    what clients are told of jobs that failed
provers     threads, each with a child process that proves
watching    circuits that changed, and jobs that wait until a circuit is mended
metrics     what Prometheus is told
web         HTTP: who may ask what, bodies and their limits, routes
address     the socket that listens, and the token
server      all of it together, until a signal
examining   the circuits alone: whether they could be served
"""
