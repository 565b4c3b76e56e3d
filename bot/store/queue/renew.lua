-- Hold on to the lanes whose first jobs are being done.
-- ARGV: lease in ms, then key and token of each job
-- Returns the keys of those that are somebody else's by now.
local lost = {}
for place = 2, #ARGV, 2 do
  local known = redis.call('HMGET', job_of(ARGV[place]), 'token', 'lane')
  -- One that is not held is lost although its token is still its own: it is ready, and may be taken any moment.
  if known[1] == ARGV[place + 1] and redis.call('ZSCORE', HELD, known[2]) then
    redis.call('ZADD', HELD, now + tonumber(ARGV[1]), known[2])
  else
    lost[#lost + 1] = ARGV[place]
  end
end
return lost
