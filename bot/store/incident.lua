-- Append one entry to an incident's log and set the fields that it projects to, or refuse. The only script that changes an incident.
-- KEYS: fields (hash), log (stream), seen (hash: idempotency key → version), the channel's open incidents (zset), its roots (hash),
--       its binding (hash), the answers that the incident keeps (hash), the channel's new id where it has one
-- ARGV: id, kind, actor, at, key, payload, guards ([[field, value, …], …]), sets ({field: value}), removes ([field, …]),
--       retention in seconds, now (ms), ts of a posted root message, "alone" where it may open only if no other incident of the channel and tenancy is open,
--       the tenancy that an unbound channel reads, "" for none, the entry's salt and the digest of what it says
--       (bot/domain/incident/log_chain.py, which says what is hashed, and checks it), retention of the answers in seconds,
--       version, chain and edition of what is known of the incident (incident_state.lua),
--       the chain that the newest entry is expected to have and this entry's after it, "" where that is not known
-- Returns {outcome, refused field, other incident or time, its state}; an outcome is done, repeated, refused, joined or early.
local fields, log, seen, open, roots = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, kind, key, sets = ARGV[1], ARGV[2], ARGV[5], cjson.decode(ARGV[8])

local function state()
  return incident_state(fields, log, seen, ARGV[18], ARGV[19], ARGV[20])
end

-- Before every guard: what a job did may have made its own guard fail, and doing it again must still succeed.
if redis.call('HEXISTS', seen, key) == 1 then
  return {'repeated', '', state()}
end
-- An incident that has expired must not come back as a hash of one field.
if kind ~= 'opened' and redis.call('EXISTS', fields) == 0 then
  return {'refused', 'id', {}}
end
-- What is opened while its channel is moved (channel_move.lua) would be left behind, or lose its log to the one that is there.
if kind == 'opened' and redis.call('EXISTS', KEYS[8]) == 1 then
  return {'refused', 'channel', {}}
end
-- The second lock: between the admission and now the channel may have been bound to another tenancy.
local bound = redis.call('HGET', KEYS[6], 'tenancy') or ARGV[14]
local tenancy = redis.call('HGET', fields, 'tenancy') or kind == 'opened' and sets['tenancy']
if tenancy and tenancy ~= bound then
  return {'refused', 'tenancy', state()}
end
for _, guard in ipairs(cjson.decode(ARGV[7])) do
  local value, held = redis.call('HGET', fields, guard[1]) or '', false
  for place = 2, #guard do
    held = held or guard[place] == value
  end
  if not held then
    return {'refused', guard[1], state()}
  end
end
-- The other incidents' keys are not among KEYS: they differ from this one's in the id alone.
local before = string.sub(fields, 1, #fields - #id)
if kind == 'opened' and ARGV[13] == 'alone' then
  for _, other in ipairs(redis.call('ZREVRANGE', open, 0, -1)) do
    if redis.call('HGET', before .. other, 'tenancy') == sets['tenancy'] then
      return {'joined', other, {}}
    end
  end
end

local function linked(previous, version, digest)
  return sha256(previous .. '\n' .. version .. '\n' .. digest)
end

-- What an entry of a version without the chain says, so that it is held by the first one that has it.
local function digest_of_old(entry)
  local parts = {}
  for place, text in ipairs(entry) do
    parts[place] = #text .. ':' .. text
  end
  return redis.sha1hex(table.concat(parts))
end

local newest = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]

-- The whole log is read once in an incident's life at most: by the first change of a version that has the chain.
local function head()
  local chain = newest and field_of(newest[2], 'chain') or not newest and string.rep('0', 64)
  if chain then return chain end
  for _, entry in ipairs(redis.call('XRANGE', log, '-', '+')) do
    local version, said = string.match(entry[1], '^%d+'), entry[2]
    chain = field_of(said, 'chain') or
      linked(chain or string.rep('0', 64), version, field_of(said, 'salt') and field_of(said, 'digest') or digest_of_old(said))
  end
  return chain
end

-- An entry is never older than the one before it: whoever's clock is behind tries again with that one's time.
local latest = newest and field_of(newest[2], 'at')
if latest and ARGV[4] < latest then
  return {'early', latest, {}}
end

-- From here on nothing refuses, so that versions have no gaps: they are the stream's ids, which must rise.
local previous = head()
local version = redis.call('HINCRBY', fields, 'version', 1)
-- Whoever knows the incident has hashed already, which takes a script longer than all the rest.
local chain = previous == ARGV[21] and ARGV[22] or linked(previous, version, ARGV[16])
redis.call('XADD', log, version .. '-0', 'kind', kind, 'actor', ARGV[3], 'at', ARGV[4], 'key', key, 'payload', ARGV[6],
  'salt', ARGV[15], 'digest', ARGV[16], 'chain', chain)
redis.call('HSET', seen, key, version)
for field, value in pairs(sets) do
  redis.call('HSET', fields, field, value)
end
for _, field in ipairs(cjson.decode(ARGV[9])) do
  redis.call('HDEL', fields, field)
end
-- Roots are kept for as long as the channel's incident that was closed last. Where one is always open that is for ever: some of those
-- whose incidents are gone go with each that is opened, so that never many of them are left.
if kind == 'opened' then
  redis.call('PERSIST', roots)
  for _, ts in ipairs(redis.call('HRANDFIELD', roots, 50)) do
    if redis.call('EXISTS', before .. redis.call('HGET', roots, ts)) == 0 then redis.call('HDEL', roots, ts) end
  end
  redis.call('HSET', fields, 'id', id)
  redis.call('ZADD', open, ARGV[11], id)
elseif ARGV[12] ~= '' then -- a message_posted, so that it misses no other branch
  redis.call('HSET', roots, ARGV[12], id)
elseif kind == 'reopened' then
  redis.call('ZADD', open, ARGV[11], id)
  for _, name in ipairs({fields, log, seen, roots, KEYS[7]}) do redis.call('PERSIST', name) end
elseif kind == 'closed' then
  redis.call('ZREM', open, id)
  for _, name in ipairs({fields, log, seen}) do redis.call('EXPIRE', name, ARGV[10]) end
  redis.call('EXPIRE', KEYS[7], ARGV[17])
  if redis.call('EXISTS', open) == 0 then redis.call('EXPIRE', roots, ARGV[10]) end
end
return {'done', '', state()}
