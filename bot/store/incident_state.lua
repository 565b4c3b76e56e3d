-- What an incident's fields say, for whoever knows what they said at some entry of its log: the entries since then, where they are few
-- and nothing before them was rewritten; else all. An incident of hundreds of runs is not sent anew for every click.
local MOST_SINCE = 50

local function field_of(entry, name)
  for place = 1, #entry, 2 do
    if entry[place] == name then return entry[place + 1] end
  end
end

-- fields, log, seen: the incident's keys; version, chain: of the entry that is known, "" for none; edition: what `rebuilt` said then.
-- Returns {'since', entries, '', ''} or {'all', fields as a flat list, the chain of the newest entry, edition}.
local function incident_state(fields, log, seen, version, chain, edition)
  local rebuilt = redis.call('HGET', seen, 'rebuilt') or ''
  if version ~= '' and edition == rebuilt then
    local entries = redis.call('XRANGE', log, version .. '-0', '+', 'COUNT', MOST_SINCE + 2)
    local first, last = entries[1], entries[#entries]
    local follows = first and first[1] == version .. '-0' and field_of(first[2], 'chain') == chain
      and #entries <= MOST_SINCE + 1 and last[1] == (redis.call('HGET', fields, 'version') or '') .. '-0'
    for _, entry in ipairs(entries) do
      follows = follows and field_of(entry[2], 'kind') ~= 'forgotten' -- entries before it say something else by now
    end
    if follows then
      table.remove(entries, 1)
      return {'since', entries, '', ''}
    end
  end
  local newest = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  return {'all', redis.call('HGETALL', fields), newest and field_of(newest[2], 'chain') or '', rebuilt}
end
