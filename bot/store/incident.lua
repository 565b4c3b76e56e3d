-- Append one entry to an incident's log and set the fields that it projects to, or refuse. The only script that changes an incident.
-- KEYS: fields (hash), log (stream), seen (hash: idempotency key → version), the channel's open incidents (zset), its roots (hash),
--       its binding (hash), the answers that the incident keeps (hash)
-- ARGV: id, kind, actor, at, key, payload, guards ([[field, value, …], …]), sets ({field: value}), removes ([field, …]),
--       retention in seconds, now (ms), ts of a posted root message, "alone" where it may open only if no other incident of the channel and tenancy is open,
--       the tenancy that an unbound channel reads, "" for none
-- Returns {outcome, refused field or other incident, fields as a flat list}; an outcome is done, repeated, refused or joined.
local fields, log, seen, open, roots = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, kind, key = ARGV[1], ARGV[2], ARGV[5]

if redis.call('HEXISTS', seen, key) == 1 then
  return {'repeated', '', redis.call('HGETALL', fields)}
end
if kind ~= 'opened' and redis.call('EXISTS', fields) == 0 then
  return {'refused', 'id', {}}
end
local bound = redis.call('HGET', KEYS[6], 'tenancy') or ARGV[14]
local tenancy = redis.call('HGET', fields, 'tenancy')
if tenancy and tenancy ~= bound then
  return {'refused', 'tenancy', redis.call('HGETALL', fields)}
end
for _, guard in ipairs(cjson.decode(ARGV[7])) do
  local value, held = redis.call('HGET', fields, guard[1]) or '', false
  for place = 2, #guard do
    held = held or guard[place] == value
  end
  if not held then
    return {'refused', guard[1], redis.call('HGETALL', fields)}
  end
end
if kind == 'opened' and ARGV[13] == 'alone' then
  local before, mine = string.sub(fields, 1, #fields - #id), cjson.decode(ARGV[8])['tenancy']
  for _, other in ipairs(redis.call('ZREVRANGE', open, 0, -1)) do
    if redis.call('HGET', before .. other, 'tenancy') == mine then
      return {'joined', other, {}}
    end
  end
end

local version = redis.call('HINCRBY', fields, 'version', 1)
redis.call('XADD', log, version .. '-0', 'kind', kind, 'actor', ARGV[3], 'at', ARGV[4], 'key', key, 'payload', ARGV[6])
redis.call('HSET', seen, key, version)
for field, value in pairs(cjson.decode(ARGV[8])) do
  redis.call('HSET', fields, field, value)
end
for _, field in ipairs(cjson.decode(ARGV[9])) do
  redis.call('HDEL', fields, field)
end
if kind == 'opened' then
  redis.call('HSET', fields, 'id', id)
  redis.call('ZADD', open, ARGV[11], id)
elseif ARGV[12] ~= '' then
  redis.call('HSET', roots, ARGV[12], id)
elseif kind == 'reopened' then
  redis.call('ZADD', open, ARGV[11], id)
  for _, name in ipairs({fields, log, seen, KEYS[7]}) do redis.call('PERSIST', name) end
elseif kind == 'closed' then
  redis.call('ZREM', open, id)
  for _, name in ipairs({fields, log, seen, KEYS[7]}) do redis.call('EXPIRE', name, ARGV[10]) end
end
return {'done', '', redis.call('HGETALL', fields)}
