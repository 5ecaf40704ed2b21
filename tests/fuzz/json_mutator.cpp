// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/json_mutator.h"

#include "edge/value.h"

#include <algorithm>
#include <cstring>
#include <random>

extern "C" std::size_t LLVMFuzzerMutate(unsigned char *data, std::size_t size, std::size_t maxSize);

using edge::Value;

namespace {

using Random = std::minstd_rand;

std::size_t below(Random &random, std::size_t count) { return count == 0 ? 0 : random() % count; }

// Children of an array or object, in its order.
std::size_t childCount(const Value &value) { return value.items().size() + value.members().size(); }

Value &childAt(Value &value, std::size_t index)
{
    if (value.isArray())
        return value.mutableItems()[index];
    const std::string key = value.members()[index].first;
    return value.child(key);
}

Value &anyPlace(Value &root, Random &random) // leaves more often than what holds them
{
    Value *place = &root;
    while (childCount(*place) > 0 && random() % 6 != 0)
        place = &childAt(*place, below(random, childCount(*place)));
    return *place;
}

std::string changedText(const std::string &text, Random &random)
{
    std::string bytes = text;
    bytes.resize(std::max<std::size_t>(text.size() * 2, 16));
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<unsigned char *>(bytes.data()),
                                  std::min(text.size(), bytes.size()), bytes.size()));
    for (char &c : bytes) { // JSON's texts are UTF-8, and what is none has its own tests
        if (static_cast<unsigned char>(c) >= 0x80)
            c = char('a' + below(random, 26));
    }
    return bytes;
}

Value oddValue(Random &random)
{
    switch (random() % 11) {
    case 0: return {};
    case 1: return Value(random() % 2 == 0);
    case 2: return Value(-1);
    case 3: return Value(int(random() % 70'000));
    case 4: return Value::number("9223372036854775807");
    case 5: return Value::number("1e300");
    case 6: return Value("");
    case 7: return Value("*");
    case 8: return Value(std::string(below(random, 300), '.'));
    case 9: return Value::array({Value(), Value("a"), Value(1)});
    default: return Value::object({{"", Value()}, {"name", Value("a")}, {"a/b", Value(1)}});
    }
}

void removeChild(Value &place, Random &random)
{
    if (place.isArray() && !place.items().empty())
        place.mutableItems().erase(place.mutableItems().begin()
                                   + std::ptrdiff_t(below(random, place.items().size())));
    else if (place.isObject() && !place.members().empty())
        place.erase(std::string(place.members()[below(random, place.members().size())].first));
}

void change(Value &root, Random &random)
{
    Value &place = anyPlace(root, random);
    switch (random() % 8) {
    case 0: place = oddValue(random); return;
    case 1: place = Value(anyPlace(root, random)); return; // may hold the place itself: a copy first
    case 2: removeChild(place, random); return;
    case 3:
        if (place.isArray())
            place.push(Value(anyPlace(root, random)));
        return;
    case 4:
        if (place.isObject() && !place.members().empty())
            place.set(changedText(place.members()[below(random, place.members().size())].first, random),
                      oddValue(random));
        return;
    default:
        if (place.isString())
            place = Value(changedText(place.text(), random));
        else
            place = oddValue(random);
    }
}

} // namespace

std::size_t mutateJson(unsigned char *data, std::size_t size, std::size_t maxSize, unsigned seed)
{
    Random random(seed + 1);
    auto value = edge::parseJson({reinterpret_cast<const char *>(data), size});
    if (!value || random() % 4 == 0)
        return LLVMFuzzerMutate(data, size, maxSize);
    for (std::size_t i = 0; i <= below(random, 3); ++i)
        change(*value, random);
    const std::string text = edge::toJson(*value);
    if (text.size() > maxSize)
        return LLVMFuzzerMutate(data, size, maxSize);
    std::memcpy(data, text.data(), text.size());
    return text.size();
}
