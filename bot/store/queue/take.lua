-- Take the next job that can be done now, for a lease that must be renewed.
-- ARGV: lease in ms
-- Returns {key, kind, payload, lane, token, age in ms, troubles, crashes}; {ms until there may be one} where there is none.
-- Whoever looks for work moves what has become due: there is no clock of the queue's own that could stand still. A hundred at a
-- time, as nothing else runs in Redis meanwhile.
local function let(waiting)
  for _, lane in ipairs(redis.call('ZRANGE', waiting, '-inf', now, 'BYSCORE', 'LIMIT', 0, 100)) do
    redis.call('ZREM', waiting, lane)
    redis.call('ZADD', ready_of(lane), now, lane)
    wake()
  end
end

let(DUE)
let(HELD) -- whoever held these is gone: killed, stopped or cut off

-- Strictly by rank: what nobody waits for may wait for as long as somebody does wait.
local function next_lane()
  for rank = 0, 1 do
    local found = redis.call('ZPOPMIN', READY .. rank)
    if found[1] then return found[1] end
  end
end

local lane = next_lane()
while lane do
  local key = redis.call('ZRANGE', lane_of(lane), 0, 0)[1]
  if key then
    local job = job_of(key)
    local token = redis.call('INCR', base .. ':count')
    redis.call('HSET', job, 'token', token)
    redis.call('ZADD', HELD, now + tonumber(ARGV[1]), lane)
    local fields = redis.call('HMGET', job, 'kind', 'payload', 'first', 'troubles', 'crashes')
    return {key, fields[1], fields[2], lane, token, now - tonumber(fields[3]), tonumber(fields[4]), tonumber(fields[5])}
  end
  lane = next_lane() -- that one was empty: its jobs were dropped
end

local wait = SOON
for _, waiting in ipairs({DUE, HELD}) do
  local first = redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')
  if first[2] then wait = math.min(wait, tonumber(first[2]) - now) end
end
return {math.max(wait, 1)} -- never 0, with which BLPOP waits for ever
