"""What the processes are made of: the container of services, servers, background tasks, logs, the garbage collector."""
