// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/wipe.h"

#include <curl/curl.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#if defined(Q_OS_LINUX)
#include <malloc.h>
#elif defined(Q_OS_MACOS)
#include <malloc/malloc.h>
#endif

namespace kube {
namespace {

size_t sizeOf(void *block)
{
#if defined(Q_OS_LINUX)
    return malloc_usable_size(block);
#elif defined(Q_OS_MACOS)
    return malloc_size(block);
#else
    Q_UNUSED(block)
    return 0;
#endif
}

void release(void *block)
{
    if (block)
        wipe(block, sizeOf(block));
    std::free(block);
}

void *resize(void *block, size_t size)
{
    if (!block || sizeOf(block) == 0)
        return std::realloc(block, size);
    if (size <= sizeOf(block))
        return block;
    void *next = std::malloc(size);
    if (!next)
        return nullptr;
    std::memcpy(next, block, sizeOf(block));
    release(block);
    return next;
}

char *duplicate(const char *text)
{
    return static_cast<char *>(std::memcpy(std::malloc(std::strlen(text) + 1), text, std::strlen(text) + 1));
}

void *opensslAllocate(size_t size, const char *, int) { return std::malloc(size); }
void *opensslResize(void *block, size_t size, const char *, int)
{
    if (block && size == 0) {
        release(block);
        return nullptr;
    }
    return resize(block, size);
}
void opensslRelease(void *block, const char *, int) { release(block); }

} // namespace

void wipe(void *bytes, size_t size) { OPENSSL_cleanse(bytes, size); }

void wipe(const QByteArray &bytes) { wipe(const_cast<char *>(bytes.constData()), size_t(bytes.size())); }

void appendAndWipe(QByteArray &target, const char *bytes, qsizetype size)
{
    if (target.size() + size > target.capacity()) {
        QByteArray roomier;
        roomier.reserve(std::max(2 * target.size(), target.size() + size));
        roomier.append(target);
        wipe(std::exchange(target, roomier));
    }
    target.append(bytes, size);
}

void takeOverOpenSsl()
{
    CRYPTO_set_mem_functions(&opensslAllocate, &opensslResize,
                             &opensslRelease); // 0: it has begun; then it is as it is
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}

void wipeWhatCurlFrees()
{
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, &std::malloc, &release, &resize, &duplicate, &std::calloc);
}

} // namespace kube
