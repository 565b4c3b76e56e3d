-- Put something else in place of what stands in a key, in one step: the key is never empty in between, which keeps its time to live.
-- KEYS: the key. ARGV: its type, then for each place: its name (of a hash; else the member), what stands there ("" but in a hash), and both
-- as they shall be, "" for what goes.
-- Returns how many fields of a hash hold something else by now, and were left alone.
local key, kind, otherwise = KEYS[1], ARGV[1], 0

local replace = {}

function replace.hash(name, value, to, instead)
  local stands = redis.call('HGET', key, name)
  if stands ~= value then
    if stands then otherwise = otherwise + 1 end
    return
  end
  if to ~= '' then redis.call('HSET', key, to, instead) end
  if to ~= name then redis.call('HDEL', key, name) end
end

function replace.zset(member, _, to)
  local score = redis.call('ZSCORE', key, member)
  if score and to ~= '' then redis.call('ZADD', key, score, to) end
  if to ~= member then redis.call('ZREM', key, member) end
end

function replace.set(member, _, to)
  if redis.call('SISMEMBER', key, member) == 1 and to ~= '' then redis.call('SADD', key, to) end
  if to ~= member then redis.call('SREM', key, member) end
end

function replace.list(member, _, to)
  if to == '' then
    redis.call('LREM', key, 0, member)
    return
  end
  for place, stands in ipairs(redis.call('LRANGE', key, 0, -1)) do -- by what stands there: places move while the list grows
    if stands == member then redis.call('LSET', key, place - 1, to) end
  end
end

for place = 2, #ARGV, 4 do
  replace[kind](ARGV[place], ARGV[place + 1], ARGV[place + 2], ARGV[place + 3])
end
return otherwise
