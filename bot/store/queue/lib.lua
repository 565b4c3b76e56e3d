-- What every script of the queue begins with. KEYS[1] is the queue's name, whose tag all its keys share.
--   <name>:job:<key>    hash   one job: kind, payload, lane, first (when it was stored or became due), troubles, crashes; `token` while it runs,
--                              `again` and `again_payload` where it was stored anew meanwhile
--   <name>:lane:<lane>  zset   the keys of the jobs of a lane, in the order in which they are done: one at a time, the first first
--   <name>:ready:0, :1  zset   lanes whose first job can be done now; 0 goes before 1
--   <name>:due          zset   lanes whose first job waits for a time (ms)
--   <name>:held         zset   lanes whose first job is being done, and until when (ms) that is believed
--   <name>:wake         list   a token wakes one worker that waits
-- A job stays first in its lane while it is done or waits to be done again, which is what keeps the order.
-- A lane with jobs is in exactly one of ready, due and held; its first letter is its rank. All times are this server's.
local base = KEYS[1]
local READY, DUE, HELD, WAKE = base .. ':ready:', base .. ':due', base .. ':held', base .. ':wake'
local SOON, TOKENS = 1000, 32 -- ms that a worker waits at most without looking; as many tokens as may wake workers

-- Milliseconds have 13 digits, and Lua writes numbers with 14: finer ones would be rounded on their way into Redis.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function job_of(key) return base .. ':job:' .. key end
local function lane_of(lane) return base .. ':lane:' .. lane end
local function ready_of(lane) return READY .. string.sub(lane, 1, 1) end

-- A list, and not a published message: it waits for a worker that is just not listening, and wakes one instead of all.
local function wake()
  if redis.call('LLEN', WAKE) < TOKENS then redis.call('LPUSH', WAKE, '1') end
end

local function place(lane, at)
  if at > now then
    redis.call('ZADD', DUE, at, lane)
    if at - now < SOON then wake() end -- whoever waits now has been told SOON, and would come too late
  else
    redis.call('ZADD', ready_of(lane), now, lane)
    wake()
  end
end
