-- Store a job, unless one waits or runs under its key; or, told to replace, in its place, after one that runs.
-- ARGV: key, lane, kind, payload, delay in ms, "replace" or ""
-- Returns stored, known, replaced or after.
local key, lane, kind, payload, at = ARGV[1], ARGV[2], ARGV[3], ARGV[4], now + tonumber(ARGV[5])
local job = job_of(key)

local known = redis.call('HMGET', job, 'lane', 'token')
if known[1] then
  if ARGV[6] ~= 'replace' then
    return 'known'
  end
  if known[2] then -- it runs, or did when its worker was lost: it has read its payload, so that the new one must come after
    redis.call('HSET', job, 'again', at, 'again_payload', payload)
    return 'after'
  end
  redis.call('HSET', job, 'payload', payload, 'first', at, 'troubles', 0, 'crashes', 0)
  -- Behind others it has no place of its own: the lane's is that of its first job.
  if redis.call('ZCARD', lane_of(known[1])) == 1 then
    redis.call('ZREM', DUE, known[1])
    redis.call('ZREM', ready_of(known[1]), known[1])
    place(known[1], at)
  end
  return 'replaced'
end

redis.call('HSET', job, 'kind', kind, 'payload', payload, 'lane', lane, 'first', at, 'troubles', 0, 'crashes', 0)
-- By a count, not by the time: two jobs of one millisecond would be ordered by their keys.
redis.call('ZADD', lane_of(lane), redis.call('INCR', base .. ':count'), key)
if redis.call('ZCARD', lane_of(lane)) == 1 then
  place(lane, at)
end
return 'stored'
