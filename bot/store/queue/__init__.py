"""The durable job queue, in Redis: what is stored survives every crash and is done until it is done.

Jobs of a lane (a channel's, say) are done one at a time, in the order in which they were stored; lanes go side by side. A job
that must wait keeps its place. All times are those of the Redis server, so that clocks of machines do not matter.
"""

from bot.store.queue.job_queue import JobQueue
from bot.store.queue.lease import Delivery, HandedBack, Lease, current_lease
from bot.store.queue.worker import Perform, Worker

__all__ = ["Delivery", "HandedBack", "JobQueue", "Lease", "Perform", "Worker", "current_lease"]
