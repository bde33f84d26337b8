-- One page of the list: the rows that match, newest or oldest first, found by the smallest index that the filters have.
-- Looks at no more than a bounded number of rows, however many there are, and says where to go on.
-- KEYS  meta, sent
-- ARGV  index key prefix, row key prefix, most rows, most looked at, 'newest' or 'oldest', begin after (a score) or '',
--       rows to skip (where they can be counted, and `begin after` is ''), earliest, latest (scores), text in lower case or '', number of filters, then for each: kind, value as JSON,
--       number of fields that are searched, their names, then the fields of a row
-- Answers {epoch, offset, total or -1, how many come before the first row or -1, next or '', rows}, the rows as a JSON
-- array. After row_texts.lua.
local meta, sent = KEYS[1], KEYS[2]
local index, prefix, most, budget, order, after, skip, earliest, latest, text = unpack(ARGV, 1, 10)
most, budget, skip = tonumber(most), tonumber(budget), tonumber(skip)
local at = 12
local filters = {}
for _ = 1, tonumber(ARGV[11]) do
  filters[#filters + 1] = {kind = ARGV[at], value = ARGV[at + 1]}
  at = at + 2
end
local n_searched = tonumber(ARGV[at])
local searched = {unpack(ARGV, at + 1, at + n_searched)}
local text_of = row_texts(prefix, {unpack(ARGV, at + n_searched + 1)})

-- The smallest index is walked; what the others say is looked up in each row.
local walked, smallest, base = sent, redis.call('ZCARD', sent), nil
for number, filter in ipairs(filters) do
  local key = index .. filter.kind .. ':' .. filter.value
  local size = redis.call('ZCARD', key)
  if size <= smallest then walked, smallest, base = key, size, number end
end
local checked = {}
for number, filter in ipairs(filters) do
  if number ~= base then checked[#checked + 1] = filter end
end

local function matches(id)
  for _, filter in ipairs(checked) do
    if redis.call('HGET', prefix .. id, filter.kind) ~= filter.value then return false end
  end
  if text == '' or string.find(string.lower(id), text, 1, true) then return true end
  local values = redis.call('HMGET', prefix .. id, unpack(searched))
  for place, value in ipairs(values) do values[place] = value or '' end
  return string.find(string.lower(table.concat(values, '\n')), text, 1, true) ~= nil -- no JSON text has a line end
end

-- An index has of a task when it was heard of first, and not its id (append.lua).
local function id_of(member, score)
  if walked == sent then return member end
  return redis.call('ZRANGEBYSCORE', sent, score, score)[1] or member
end

local function chunk(from)
  if order == 'oldest' then
    return redis.call('ZRANGE', walked, from or earliest, latest, 'BYSCORE', 'LIMIT', 0, 100, 'WITHSCORES')
  end
  return redis.call('ZRANGE', walked, from or latest, earliest, 'BYSCORE', 'REV', 'LIMIT', 0, 100, 'WITHSCORES')
end

-- Where every member of the index matches, places are ranks.
local is_counted = text == '' and #checked == 0
local total = is_counted and redis.call('ZCOUNT', walked, earliest, latest) or -1
local oldest_first = order == 'oldest'
local function number_before(score)
  if oldest_first then return redis.call('ZCOUNT', walked, earliest, '(' .. score) end
  return redis.call('ZCOUNT', walked, '(' .. score, latest)
end

local rows, looked, on, place = {}, 0, '', -1
local from = after ~= '' and '(' .. after or nil
if is_counted then
  place = math.min(skip, total)
  if after ~= '' then
    place = number_before(after) + redis.call('ZCOUNT', walked, after, after)
  elseif skip > 0 then
    local first = place + (oldest_first and redis.call('ZCOUNT', walked, '-inf', '(' .. earliest)
      or redis.call('ZCOUNT', walked, '(' .. latest, '+inf'))
    local found = oldest_first and redis.call('ZRANGE', walked, first, first, 'WITHSCORES')
      or redis.call('ZRANGE', walked, first, first, 'REV', 'WITHSCORES')
    from = skip < total and found[2] or (oldest_first and '(+inf' or '(-inf')
  end
end
while true do
  local found = chunk(from)
  if #found == 0 then break end
  for place = 1, #found, 2 do
    looked = looked + 1
    from = '(' .. found[place + 1]
    local id = id_of(found[place], found[place + 1])
    if matches(id) then rows[#rows + 1] = text_of(id) end
    if #rows >= most or looked >= budget then on = found[place + 1] break end
  end
  if on ~= '' then break end
end

local now = redis.call('HMGET', meta, 'epoch', 'offset')
return {now[1] or '', now[2] or '', total, place, on, json_array(rows)}
