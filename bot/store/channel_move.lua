-- Have what is stored under a key found under another one. What was stored there meanwhile stays, and gets what it does not have.
-- KEYS: the key, its new name
if redis.call('EXISTS', KEYS[1]) == 0 then -- whoever moves the channel as well was faster
  return
end
if redis.call('RENAMENX', KEYS[1], KEYS[2]) == 1 then
  return
end
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'hash' then
  local stored = redis.call('HGETALL', KEYS[1])
  for place = 1, #stored, 2 do
    redis.call('HSETNX', KEYS[2], stored[place], stored[place + 1])
  end
elseif kind == 'zset' then
  local stored = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
  for place = 1, #stored, 2 do
    redis.call('ZADD', KEYS[2], 'NX', stored[place + 1], stored[place])
  end
end
redis.call('DEL', KEYS[1])
