-- Say what became of a job that was taken: it is done, or to be done again later, before all that came after it in its lane.
-- ARGV: key, token, "done" or "later", delay in ms, which count goes up by one ("troubles", "crashes" or "")
-- Returns 1, or 0 where the job is somebody else's by now.
local key = ARGV[1]
local job = job_of(key)
local known = redis.call('HMGET', job, 'token', 'lane', 'again', 'again_payload')
-- Each take has a new token: a worker that lost its lease cannot settle what another one is doing by now.
if known[1] ~= ARGV[2] then
  return 0
end
local lane = known[2]
-- Not held: the lease ran out and the lane was let go, but nobody has taken it yet.
if redis.call('ZREM', HELD, lane) == 0 then
  redis.call('ZREM', ready_of(lane), lane)
end
redis.call('HDEL', job, 'token', 'again', 'again_payload')
if known[3] then
  redis.call('HSET', job, 'payload', known[4])
end

if ARGV[3] == 'later' then
  -- What was stored anew meanwhile is not done after this one but in its place: it has not been done yet.
  if ARGV[5] ~= '' then redis.call('HINCRBY', job, ARGV[5], 1) end
  place(lane, now + tonumber(ARGV[4]))
elseif known[3] then
  redis.call('HSET', job, 'first', math.max(now, known[3]), 'troubles', 0, 'crashes', 0)
  place(lane, tonumber(known[3]))
else
  redis.call('DEL', job)
  redis.call('ZREM', lane_of(lane), key)
  if redis.call('ZCARD', lane_of(lane)) > 0 then place(lane, now) end
end
return 1
