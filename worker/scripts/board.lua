-- The newest rows, or those changed after an offset, with the offset and the epoch they are good for.
-- KEYS  meta, changed, sent, counts
-- ARGV  row key prefix, most rows, epoch or '', offset or '', field, ...
-- Answers {epoch, offset, recovered, counts, rows, seconds, microseconds}, the rows as a JSON array. After row_texts.lua.
local meta, changed, sent, counts = unpack(KEYS)
local prefix, most, epoch, offset = unpack(ARGV, 1, 4)
local now = redis.call('HMGET', meta, 'epoch', 'offset', 'dropped')
local ids, recovered = nil, 0
if now[1] and epoch == now[1] and offset ~= '' and offset <= (now[2] or '') and offset >= (now[3] or '') then
  ids = redis.call('ZRANGE', changed, '(' .. offset, '+inf', 'BYSCORE', 'LIMIT', 0, tonumber(most) + 1)
  if #ids <= tonumber(most) then recovered = 1 end
end
if recovered == 0 then ids = redis.call('ZREVRANGE', sent, 0, tonumber(most) - 1) end
local text_of, rows = row_texts(prefix, {unpack(ARGV, 5)}), {}
for _, id in ipairs(ids) do rows[#rows + 1] = text_of(id) end
local clock = redis.call('TIME')
return {now[1] or '', now[2] or '', recovered, redis.call('HGETALL', counts), json_array(rows), clock[1], clock[2]}
