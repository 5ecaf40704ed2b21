// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/random_bytes.h"

#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace demo {

std::string randomBytes(std::size_t count)
{
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char *>(bytes.data()), int(count)) != 1) {
        std::fputs("sallyport: this system gives no random bytes, so no secret can be made\n", stderr);
        std::abort();
    }
    return bytes;
}

} // namespace demo
