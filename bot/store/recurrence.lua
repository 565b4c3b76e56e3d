-- Put one failed run into a tenancy's index of failures, once, and tell what is known of its failure. One round trip.
-- KEYS: the run's place in the index (string: rank|at|day|fingerprint), all failures (zset: fingerprint → last seen), and what the keys of
--       each failure begin with
-- ARGV: fingerprint, run id, rank (twice the version of the reading, and 1 more for an ended run), at (ms), day (YYYY-MM-DD of at), ingredients (JSON),
--       retention in seconds, how many runs are listed, the oldest day that is kept, the oldest moment that is kept (ms)
-- What is known of a run may change: one without an end may end, and a newer version may read its records better. Of two readings the one with the greater rank counts, then the later
-- moment, then the greater fingerprint, so that readings in any order, any number of times, by anybody, come to the same.
-- Returns {outcome, days as a flat list, incidents as a flat list, first and last seen}; an outcome is new, known, repeated or moved.
local prefix, fingerprint, run, rank, at, day = KEYS[3], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]

local function names(print)
  return prefix .. print .. ':days', prefix .. print .. ':runs', prefix .. print .. ':facts', prefix .. print .. ':incidents'
end

-- When a failure was first and last seen, once a run was taken out. Of more runs than are listed the oldest is not known any more.
local function seen_anew(print)
  local days, runs, facts = names(print)
  local newest, oldest = redis.call('ZREVRANGE', runs, 0, 0, 'WITHSCORES'), redis.call('ZRANGE', runs, 0, 0, 'WITHSCORES')
  local count = 0
  for _, number in ipairs(redis.call('HVALS', days)) do count = count + number end
  if newest[2] then
    redis.call('HSET', facts, 'last', newest[2])
    redis.call('ZADD', KEYS[2], newest[2], print)
    if redis.call('ZCARD', runs) == count then redis.call('HSET', facts, 'first', oldest[2]) end
  end
end

local days, runs, facts, incidents = names(fingerprint)
local outcome = redis.call('EXISTS', days) == 1 and 'known' or 'new'
local before = redis.call('GET', KEYS[1])
if before then
  local old_rank, old_at, old_day, old_print = string.match(before, '^(%d+)|(%d+)|([^|]+)|(.*)$')
  old_rank, old_at = tonumber(old_rank), tonumber(old_at)
  local newer = rank > old_rank or (rank == old_rank and (at > old_at or (at == old_at and fingerprint > old_print)))
  if not newer then
    outcome = 'repeated'
  else
    outcome = old_print == fingerprint and 'repeated' or 'moved'
    local old_days, old_runs, old_facts = names(old_print)
    if redis.call('HINCRBY', old_days, old_day, -1) < 1 then redis.call('HDEL', old_days, old_day) end
    redis.call('ZREM', old_runs, run)
    -- Without runs it would still be among the failures seen last.
    if redis.call('EXISTS', old_days) == 0 then
      redis.call('DEL', old_facts)
      redis.call('ZREM', KEYS[2], old_print)
    else
      seen_anew(old_print)
    end
    before = false
  end
end
if not before then
  redis.call('SET', KEYS[1], rank .. '|' .. ARGV[4] .. '|' .. day .. '|' .. fingerprint, 'EX', ARGV[7])
  redis.call('HINCRBY', days, day, 1)
  redis.call('ZADD', runs, at, run)
  redis.call('ZREMRANGEBYRANK', runs, 0, -1 - tonumber(ARGV[8]))
  redis.call('HSETNX', facts, 'ingredients', ARGV[6])
  local first, last = redis.call('HGET', facts, 'first'), redis.call('HGET', facts, 'last')
  if not first or at < tonumber(first) then redis.call('HSET', facts, 'first', ARGV[4]) end
  if not last or at > tonumber(last) then redis.call('HSET', facts, 'last', ARGV[4]) end
  -- Only upwards: runs that are read back from Aionis come newest first.
  redis.call('ZADD', KEYS[2], 'GT', at, fingerprint)
end
-- Forgotten here and not by a job of its own: a failure that is never seen again expires as a whole.
for _, kept in ipairs(redis.call('HKEYS', days)) do
  if kept < ARGV[9] then redis.call('HDEL', days, kept) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[10])
for _, name in ipairs({days, runs, facts, incidents, KEYS[2]}) do redis.call('EXPIRE', name, ARGV[7]) end
return {outcome, redis.call('HGETALL', days), redis.call('HGETALL', incidents), redis.call('HMGET', facts, 'first', 'last')}
