-- Take the next message and write down who has it, in one step: whatever breaks then, it is found. Answers {key, message,
-- delivery tag}, the tag being '' if it could not be written down as it is not as kombu makes messages; or nothing.
-- KEYS  unacked_index, unacked, owners, the queues' keys in the order in which they are taken from
-- ARGV  owner, time in seconds
local function text(value) return type(value) == 'string' and value or nil end
local function part(of, name) return type(of) == 'table' and of[name] or nil end

for place = 4, #KEYS do
  local item = redis.call('RPOP', KEYS[place])
  if item then
    local is_json, message = pcall(cjson.decode, item)
    local properties = is_json and part(message, 'properties')
    local whence = part(properties, 'delivery_info')
    local tag, exchange, routing_key =
      text(part(properties, 'delivery_tag')), text(part(whence, 'exchange')), text(part(whence, 'routing_key'))
    if tag and exchange and routing_key then
      redis.call('ZADD', KEYS[1], ARGV[2], tag)
      redis.call('HSET', KEYS[2], tag, '[' .. item .. ',' .. cjson.encode(exchange) .. ',' .. cjson.encode(routing_key) .. ']')
      redis.call('HSET', KEYS[3], tag, ARGV[1])
    end
    return {KEYS[place], item, tag and exchange and routing_key and tag or ''}
  end
end
return false
