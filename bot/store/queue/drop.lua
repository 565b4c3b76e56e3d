-- Take a job out, done or not: for what is to be forgotten.
-- ARGV: key
local job = job_of(ARGV[1])
local lane = redis.call('HGET', job, 'lane')
redis.call('DEL', job) -- with its token, so that whoever is doing it is told at the next renewal that it is lost
if not lane then return 0 end
local was_first = redis.call('ZRANK', lane_of(lane), ARGV[1]) == 0
redis.call('ZREM', lane_of(lane), ARGV[1])
if redis.call('ZCARD', lane_of(lane)) == 0 then
  for _, waiting in ipairs({DUE, HELD, ready_of(lane)}) do redis.call('ZREM', waiting, lane) end
elseif was_first and redis.call('ZREM', DUE, lane) == 1 then -- what waited for a time was the job that is gone
  place(lane, now)
end
return 1
