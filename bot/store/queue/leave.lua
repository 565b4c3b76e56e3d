-- Let a job that is being done go on in a lane of its own: those behind it need not wait for the rest of it.
-- ARGV: key, token, lease in ms
-- Returns 1, or 0 where the job is somebody else's by now.
local key = ARGV[1]
local job = job_of(key)
local known = redis.call('HMGET', job, 'token', 'lane')
local lane, own = known[2], '1:aside:' .. key
if known[1] ~= ARGV[2] then return 0 end
if lane == own then return 1 end
if redis.call('ZREM', HELD, lane) == 0 then
  redis.call('ZREM', ready_of(lane), lane)
end
redis.call('ZREM', lane_of(lane), key)
if redis.call('ZCARD', lane_of(lane)) > 0 then place(lane, now) end
redis.call('HSET', job, 'lane', own)
redis.call('ZADD', lane_of(own), redis.call('INCR', base .. ':count'), key)
redis.call('ZADD', HELD, now + tonumber(ARGV[3]), own)
return 1
