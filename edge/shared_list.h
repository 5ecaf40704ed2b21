// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Lists whose items are shared between copies: a configuration that differs in one Mapping from the one
// before shares all else with it, so that copying ten thousand routes is copying ten thousand pointers.
// Promise: reads like a std::vector<T> (SharedList) or a std::map<std::string, T> (SharedMap) of values;
// items never change once they are shared, so two lists may be read from two threads.
#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge {

// Walks over pointers and shows what they point to.
template<typename Shown>
class SharedIterator
{
public:
    using Base = typename std::vector<std::shared_ptr<const Shown>>::const_iterator;
    using iterator_category = std::random_access_iterator_tag;
    using value_type = Shown;
    using difference_type = std::ptrdiff_t;
    using pointer = const Shown *;
    using reference = const Shown &;

    SharedIterator() = default;
    explicit SharedIterator(Base base)
        : m_base(base)
    {
    }
    reference operator*() const { return **m_base; }
    pointer operator->() const { return m_base->get(); }
    reference operator[](difference_type distance) const { return **(m_base + distance); }
    SharedIterator &operator++()
    {
        ++m_base;
        return *this;
    }
    SharedIterator operator++(int) { return SharedIterator(m_base++); }
    SharedIterator &operator--()
    {
        --m_base;
        return *this;
    }
    SharedIterator operator--(int) { return SharedIterator(m_base--); }
    SharedIterator &operator+=(difference_type distance)
    {
        m_base += distance;
        return *this;
    }
    SharedIterator &operator-=(difference_type distance)
    {
        m_base -= distance;
        return *this;
    }
    SharedIterator operator+(difference_type distance) const { return SharedIterator(m_base + distance); }
    SharedIterator operator-(difference_type distance) const { return SharedIterator(m_base - distance); }
    difference_type operator-(const SharedIterator &other) const { return m_base - other.m_base; }
    auto operator<=>(const SharedIterator &other) const = default;

private:
    Base m_base;
};

template<typename T>
class SharedList
{
public:
    using value_type = T;
    using Item = std::shared_ptr<const T>;
    using const_iterator = SharedIterator<T>;
    using iterator = const_iterator;

    SharedList() = default;
    SharedList(std::initializer_list<T> items)
        : SharedList(std::vector<T>(items))
    {
    }
    SharedList(std::vector<T> items)
    {
        m_items.reserve(items.size());
        for (T &item : items)
            push_back(std::move(item));
    }

    bool empty() const { return m_items.empty(); }
    std::size_t size() const { return m_items.size(); }
    const T &operator[](std::size_t index) const { return *m_items[index]; }
    const T &front() const { return *m_items.front(); }
    const T &back() const { return *m_items.back(); }
    const_iterator begin() const { return const_iterator(m_items.begin()); }
    const_iterator end() const { return const_iterator(m_items.end()); }
    const std::vector<Item> &items() const { return m_items; }

    void reserve(std::size_t size) { m_items.reserve(size); }
    void push_back(T item) { m_items.push_back(std::make_shared<T>(std::move(item))); }
    void push_back(Item item) { m_items.push_back(std::move(item)); }
    T &edit(std::size_t index) // the item of this list alone; valid until the list is copied
    {
        auto own = std::make_shared<T>(*m_items[index]);
        T &item = *own;
        m_items[index] = std::move(own);
        return item;
    }

    bool operator==(const SharedList &other) const
    {
        return std::equal(m_items.begin(), m_items.end(), other.m_items.begin(), other.m_items.end(),
                          [](const Item &a, const Item &b) { return a == b || *a == *b; });
    }

private:
    std::vector<Item> m_items;
};

template<typename T>
class SharedMap // sorted by name
{
public:
    using value_type = std::pair<const std::string, T>;
    using Item = std::shared_ptr<const value_type>;
    using const_iterator = SharedIterator<value_type>;
    using iterator = const_iterator;

    SharedMap() = default;
    explicit SharedMap(std::vector<Item> sorted)
        : m_items(std::move(sorted))
    {
    } // by name, each once

    bool empty() const { return m_items.empty(); }
    std::size_t size() const { return m_items.size(); }
    const_iterator begin() const { return const_iterator(m_items.begin()); }
    const_iterator end() const { return const_iterator(m_items.end()); }
    const std::vector<Item> &items() const { return m_items; }
    const_iterator find(std::string_view name) const
    {
        const auto place = placeOf(name);
        return const_iterator(place != m_items.end() && (*place)->first == name ? place : m_items.end());
    }
    std::size_t count(std::string_view name) const { return find(name) == end() ? 0 : 1; }
    T &edit(
        const std::string &name) // the entry of this map alone, made if absent; valid until the map is copied
    {
        const auto place = m_items.begin() + (placeOf(name) - m_items.cbegin());
        const bool known = place != m_items.end() && (*place)->first == name;
        auto own = known ? std::make_shared<value_type>(**place) : std::make_shared<value_type>(name, T());
        T &content = own->second;
        if (known)
            *place = std::move(own);
        else
            m_items.insert(place, std::move(own));
        return content;
    }

    bool operator==(const SharedMap &other) const
    {
        return std::equal(m_items.begin(), m_items.end(), other.m_items.begin(), other.m_items.end(),
                          [](const Item &a, const Item &b) { return a == b || *a == *b; });
    }

private:
    typename std::vector<Item>::const_iterator placeOf(std::string_view name) const
    {
        return std::lower_bound(
            m_items.begin(), m_items.end(), name,
            [](const Item &item, std::string_view wanted) { return item->first < wanted; });
    }

    std::vector<Item> m_items;
};

} // namespace edge
