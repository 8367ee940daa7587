/*
 * Binds a Unix datagram socket (argv[1]: a path, or "@" and an abstract name), prints "bound", and then prints each
 * datagram as one line of hexadecimal digits, until it has had argv[2] of them. Stands in for systemd in
 * test/integration/ffi-notify.test.ts.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length;
    int fd;
    long left;

    if (argc != 3 || (length = strlen(argv[1])) >= sizeof(address.sun_path))
        return 2;
    memcpy(address.sun_path, argv[1], length);
    if (argv[1][0] == '@')
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) != 0) {
        perror("bind");
        return 1;
    }
    puts("bound");
    fflush(stdout);
    for (left = atol(argv[2]); left > 0; left--) {
        unsigned char bytes[4096];
        ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

        if (got < 0)
            return 1;
        for (ssize_t i = 0; i < got; i++)
            printf("%02x", bytes[i]);
        puts("");
        fflush(stdout);
    }
    return 0;
}
